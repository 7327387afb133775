/** One entry of the vendor's `errors` and `warnings`. */
export interface Issue {
  status: false;
  code: number;
  message: string;
}

/** A refusal of a whole call. */
export interface Refusal {
  status: number;
  issue: Issue;
}

/** Codes from docs/vendor-contract.md section 4; the wording is ours where the vendor's samples show none. */
const messages = new Map<number, string>([
  [521, 'several actions are running for the same customer'],
  [618, 'Customer is marked as fraud'],
  [1013, 'Customer is not enrolled in the loyalty program'],
  [1015, 'Invalid identifier: a card needs a statusLabel and exactly one of seriesId and seriesCode'],
  [1017, 'Invalid custom field'],
  [1018, 'Invalid extended field'],
  [1020, 'Enrollment failed: no such tier in the program'],
  [1034, 'Invalid date'],
  [1046, 'Conversion from loyalty to non-loyalty is not allowed'],
  [1213, 'Invalid program id'],
  [1214, 'Expiry date is in the past'],
  [1216, 'Invalid tier expiry date'],
  [1217, 'Invalid points expiry date'],
  [1605, 'Maximum number of children exceeded for the role'],
  [1607, 'Invalid role code'],
  [1608, 'Cyclic hierarchy is not allowed'],
  [1609, 'Invalid hierarchy code'],
  [1610, 'Hierarchy is inactive'],
  [1615, 'Invalid child role code'],
  [1626, 'Customer is mapped to another hierarchy'],
  [1703, 'Company does not exist'],
  [1705, 'Company is inactive'],
  [8007, 'Identifiers belong to different customers'],
  [8010, 'Invalid communication channel'],
  [8011, 'Invalid source account'],
  [8013, 'Invalid identifier'],
  [8015, 'Customer not found'],
  [8055, 'Invalid email'],
  [8056, 'Invalid mobile'],
  [8057, 'Invalid email in comm channel'],
  [8058, 'Invalid mobile in comm channel'],
  [91020, 'Invalid till for registration'],
]);

export function issue(code: number, message: string = messages.get(code) ?? 'Request has failed'): Issue {
  return { status: false, code, message };
}

export function refusal(status: number, code: number, message: string): Refusal {
  return { status, issue: { status: false, code, message } };
}

/** The vendor's body of a refused call, as in samples/error-all-failed-500. */
export function refusalBody(...errors: Issue[]): { warnings: Issue[]; errors: Issue[] } {
  return { warnings: [], errors };
}
