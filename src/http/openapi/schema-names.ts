import type { OpenAPIObject } from '@nestjs/swagger';

/**
 * Names of schemas that differ from their class without `Dto`. Generated clients use them beside names of the program
 * that imports them, so `Updated` or `Summary` alone would say too little.
 */
const NAMES: Readonly<Record<string, string>> = {
  AssociationElementDto: 'AssociationItem',
  BatchAnswerDto: 'BatchOutcomes',
  ChildrenAnswerDto: 'ChildrenPage',
  CustomerElementDto: 'CustomerUpdateItem',
  CustomerBatchDto: 'CustomerUpdateBatch',
  DoubtDto: 'DryRunDoubt',
  EnrollmentElementDto: 'EnrollmentItem',
  FailedDto: 'FailedOutcome',
  ImportsDto: 'ImportPage',
  InvalidElementDto: 'InvalidItem',
  LaneDto: 'ExplainedLane',
  MembershipElementDto: 'MembershipItem',
  NextPageDto: 'NextChildrenPage',
  ProgramDto: 'ProgramEnrollment',
  RejectedDto: 'RejectedOutcome',
  ResolutionDto: 'CreditResolution',
  StepDto: 'ExplainedStep',
  SummaryDto: 'OutcomeCounts',
  UnknownCreditsDto: 'UnknownCreditPage',
  UnknownDto: 'UnknownOutcome',
  UpdatedDto: 'UpdatedOutcome',
  WarningDto: 'OutcomeWarning',
  WholeUpdateElementDto: 'WholeUpdateItem',
};

/** Returns the name of a class in the document, such as `CustomerUpdate` for `CustomerUpdateDto`. */
export function schemaNameOf(className: string): string {
  return NAMES[className] ?? className.replace(/Dto$/, '');
}

interface Titled {
  title?: string;
  oneOf?: unknown;
  allOf?: unknown;
}

/** Moves each union and each composition with a title into the schemas, so that a generated client has a type for it. */
function nameUnions(part: unknown, found: Map<string, Titled>): unknown {
  if (Array.isArray(part)) return part.map((one) => nameUnions(one, found));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([name, inner]) => [name, nameUnions(inner, found)] as const);
  const { title, ...union } = Object.fromEntries(entries) as Titled;
  if (title === undefined || !(union.oneOf ?? union.allOf)) return Object.fromEntries(entries);
  found.set(title, union);
  return { $ref: `#/components/schemas/${title}` };
}

/**
 * Gives each schema its name without `Dto`, and each titled union a schema of its own.
 *
 * @throws Error if two schemas would have one name
 */
export function nameSchemas(document: OpenAPIObject): OpenAPIObject {
  const renamed = JSON.parse(
    JSON.stringify(document).replaceAll(
      /"#\/components\/schemas\/(\w+)"/g,
      (_ref, name: string) => `"#/components/schemas/${schemaNameOf(name)}"`,
    ),
  ) as OpenAPIObject;
  const unions = new Map<string, Titled>();
  const { components: { schemas = {}, ...components } = {}, paths, ...others } = renamed;
  const namedPaths = nameUnions(paths, unions) as OpenAPIObject['paths'];
  const named = [
    ...Object.entries(schemas).map(
      ([name, schema]) => [schemaNameOf(name), nameUnions(schema, unions)] as const,
    ),
    ...unions,
  ];
  const names = named.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two schemas of the document are named ${twice}`);
  return {
    ...others,
    paths: namedPaths,
    components: { ...components, schemas: Object.fromEntries(named) as typeof schemas },
  };
}
