import { creditsPoints } from './credits-points.js';
import { EnrollmentBatchDto, EnrollmentDto, EnrollmentElementDto } from './dto/enrollment.dto.js';
import { translateEnrollment } from './translate-enrollment.js';
/** Describes enrollments in programs. It is the only kind that credits points. */
export const ENROLLMENTS = {
    name: 'enrollments',
    updates: 'customer',
    scope: 'loyalty:write',
    dto: EnrollmentDto,
    itemDto: EnrollmentElementDto,
    batchDto: EnrollmentBatchDto,
    creditsPoints,
    translate: translateEnrollment,
};
//# sourceMappingURL=enrollment.kind.js.map