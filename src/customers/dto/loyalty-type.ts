import { IsIn } from 'class-validator';
import { LOYALTY_TYPES } from '../../config/vendor-enums.js';
import { Check } from '../../validation/validate-as.js';

const MISSING = {
  pointer: '',
  code: 'required',
  message:
    'is required: the vendor requires it in every update, and it decides whether the customer becomes a member; send it, or set DEFAULT_LOYALTY_TYPE',
} as const;

/** Requires a loyalty type, where `DEFAULT_LOYALTY_TYPE` can fill it in. */
export function IsLoyaltyType(): PropertyDecorator {
  return (target, property) => {
    Check((value) => (value === undefined ? [MISSING] : []))(target, property);
    IsIn(LOYALTY_TYPES)(target, property);
  };
}
