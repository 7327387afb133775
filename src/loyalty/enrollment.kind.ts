import type { UpdateKind } from '../writes/update-kind.js';
import { creditsPoints } from './credits-points.js';
import { EnrollmentBatchDto, EnrollmentDto, EnrollmentElementDto } from './dto/enrollment.dto.js';
import { translateEnrollment } from './translate-enrollment.js';

/** Describes enrollments in programs, which may credit points. */
export const ENROLLMENTS: UpdateKind<EnrollmentDto> = {
  name: 'enrollments',
  updates: 'customer',
  scopes: ['loyalty:write'],
  dto: EnrollmentDto,
  itemDto: EnrollmentElementDto,
  batchDto: EnrollmentBatchDto,
  creditsPoints,
  translate: translateEnrollment,
};
