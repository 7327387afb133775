import type { Customer } from './customer-store.ts';
import { readVendorTime } from './dates.ts';
import { issue } from './issues.ts';
import type { Issue } from './issues.ts';
import type { LedgerRow } from './ledger.ts';
import { tiersOfProgram } from './organization.ts';
import type { WireEnrollment, WireItem } from './wire.ts';

/** Returns the errors of an item's enrollments. */
export function enrollmentErrors(item: WireItem, now: Date): Issue[] {
  const enrollments = item.loyaltyProgramEnrollments ?? [];
  if (enrollments.length > 0 && item.loyaltyInfo.loyaltyType !== 'loyalty') return [issue(1013)];
  return enrollments.flatMap((enrollment) => {
    const tiers = tiersOfProgram.get(enrollment.programId);
    if (tiers === undefined) return [issue(1213)];
    const errors = (enrollment.tierNumber ?? 1) > tiers ? [issue(1020)] : [];
    errors.push(...expiryErrors(enrollment.tierExpiryDate, 1216, now));
    errors.push(...expiryErrors(enrollment.pointsExpiryDate, 1217, now));
    return errors;
  });
}

function expiryErrors(written: string | undefined, codeOfForm: number, now: Date): Issue[] {
  if (written === undefined) return [];
  const time = readVendorTime(written);
  if (time === null) return [issue(codeOfForm)];
  return time < now ? [issue(1214)] : [];
}

/**
 * Enrolls the customer, and credits the points every time they are sent.
 *
 * The details of an existing enrollment do not change, docs/vendor-contract.md section 2.
 */
export function enroll(
  customer: Customer,
  enrollments: readonly WireEnrollment[],
  call: { id: string; at: Date },
): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (const sent of enrollments) {
    const points = sent.loyaltyPoints ?? 0;
    const known = customer.enrollments.find(({ programId }) => programId === sent.programId);
    if (known) known.points += points;
    else
      customer.enrollments.push({
        programId: sent.programId,
        tierNumber: sent.tierNumber ?? 1,
        points,
        tierExpiryDate: sent.tierExpiryDate ?? null,
        pointsExpiryDate: sent.pointsExpiryDate ?? null,
      });
    if (points === 0) continue;
    rows.push({
      callId: call.id,
      at: call.at.toISOString(),
      source: customer.source,
      accountId: customer.accountId,
      customerId: customer.id,
      identifiers: [...customer.identifiers],
      programId: sent.programId,
      points,
    });
  }
  return rows;
}
