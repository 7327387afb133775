import { isViewDate } from './dates.ts';
import { issue } from './issues.ts';
import type { Issue } from './issues.ts';
import { cardStatusLabels, channelTypes, identifierTypes } from './organization.ts';
import type { Route } from './route.ts';
import type { Settings } from './settings.ts';
import { isCard } from './wire.ts';
import type { FieldMap, WireChannel, WireIdentifier, WirePerson } from './wire.ts';

/** A person of an item, without what the vendor would drop. */
export interface CheckedPerson {
  person: WirePerson;
  identifiers: WireIdentifier[];
  channels: WireChannel[];
  errors: Issue[];
  warnings: Issue[];
}

/** Checks what does not depend on the stored customer, in the same way for an item, its parent and its children. */
export function validatePerson(person: WirePerson, route: Route, settings: Settings): CheckedPerson {
  const checked: CheckedPerson = { person, identifiers: [], channels: [], errors: [], warnings: [] };
  const [profile] = person.profiles;
  const otherSource = profile.source !== undefined && profile.source !== route.source;
  const otherAccount = profile.accountId !== undefined && profile.accountId !== (route.accountId ?? '');
  if (otherSource || otherAccount) checked.errors.push(issue(8011));

  sortIdentifiers(profile.identifiers, checked);
  sortChannels(profile.commChannels ?? [], checked);
  checked.errors.push(...disabledNames(profile.fields, settings.enabledFields, 1017));
  checked.errors.push(...disabledNames(person.extendedFields, settings.enabledExtendedFields, 1018));
  for (const { extendedFields } of checked.identifiers)
    checked.errors.push(...disabledNames(extendedFields, settings.enabledExtendedFields, 1018));
  return checked;
}

function sortIdentifiers(identifiers: WireIdentifier[], checked: CheckedPerson): void {
  for (const identifier of identifiers) {
    const code = identifierCode(identifier);
    if (code === null) checked.identifiers.push(identifier);
    // An invalid mobile or e-mail beside other identifiers is only dropped, docs/vendor-contract.md section 4.
    else if (identifiers.length > 1 && (code === 8055 || code === 8056)) checked.warnings.push(issue(code));
    else checked.errors.push(issue(code));
  }
  if (checked.identifiers.length > 0 || checked.errors.length > 0) return;
  checked.errors.push(...checked.warnings.splice(0)); // everything was dropped, so no customer is named
}

function identifierCode(identifier: WireIdentifier): number | null {
  const { type, value } = identifier;
  if (!identifierTypes.has(type) || value === '') return 8013;
  if (type === 'mobile' && !isMobile(value)) return 8056;
  if (type === 'email' && !isEmail(value)) return 8055;
  if (!isCard(identifier)) return null;
  const oneSeries = (identifier.seriesId === undefined) !== (identifier.seriesCode === undefined);
  return oneSeries && cardStatusLabels.has(identifier.statusLabel ?? '') ? null : 1015;
}

function sortChannels(channels: WireChannel[], checked: CheckedPerson): void {
  for (const channel of channels) {
    const { type, value } = channel;
    if (!isKnownChannel(channel)) checked.errors.push(issue(8010));
    else if (type === 'mobile' && !isMobile(value)) checked.warnings.push(issue(8058));
    else if (type === 'email' && !isEmail(value)) checked.warnings.push(issue(8057));
    else checked.channels.push(channel);
  }
}

function isKnownChannel({ type, value, meta }: WireChannel): boolean {
  if (!channelTypes.has(type) || value === '') return false;
  const viewed = meta?.lastViewedDate;
  return viewed === undefined || (type === 'mobilePush' && isViewDate(viewed));
}

function isMobile(value: string): boolean {
  return /^\d{8,15}$/.test(value);
}

function isEmail(value: string): boolean {
  return value.length <= 255 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);
}

function disabledNames(fields: FieldMap | undefined, enabled: readonly string[], code: number): Issue[] {
  const disabled = Object.keys(fields ?? {}).filter((name) => !enabled.includes(name));
  return disabled.map((name) => {
    const plain = issue(code);
    return { ...plain, message: `${plain.message}: ${name}` };
  });
}
