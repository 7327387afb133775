import { type UpdatePart, subjectOf } from '../../upstream/code-subject.js';
import type { VendorMessage } from '../outcome.js';
import type { Update } from '../update.js';

function partOf(
  { code, type }: VendorMessage,
  { parts = [], parent, children }: Update,
): UpdatePart | undefined {
  const subject = subjectOf(code, type);
  if (subject === 'profile') return subject;
  // The same codes may be about a parent or a child, and then nothing proves which part it is.
  if (subject === 'person') return parent.length + children.length > 0 ? undefined : 'profile';
  return subject !== undefined && parts.includes(subject) ? subject : undefined;
}

/** Names the part that each error is about, in an update that is composed of parts. */
export function nameParts(errors: readonly VendorMessage[], update: Update): readonly VendorMessage[] {
  if (update.parts === undefined) return errors; // most updates have no parts
  return errors.map((error) => {
    const part = partOf(error, update);
    return part === undefined ? error : { ...error, part };
  });
}
