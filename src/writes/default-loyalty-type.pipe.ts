import { Injectable, type PipeTransform } from '@nestjs/common';
import { Settings } from '../config/settings.js';

/** Fills in `DEFAULT_LOYALTY_TYPE` before validation, for who has set it; unset, an absent loyaltyType stays a mistake. */
@Injectable()
export class DefaultLoyaltyType implements PipeTransform<unknown, unknown> {
  constructor(private readonly settings: Settings) {}

  transform(customer: unknown): unknown {
    const { DEFAULT_LOYALTY_TYPE: loyaltyType } = this.settings;
    if (loyaltyType === undefined || typeof customer !== 'object' || customer === null) return customer;
    if (Array.isArray(customer) || 'loyaltyType' in customer) return customer;
    return { ...customer, loyaltyType };
  }
}
