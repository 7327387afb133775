import { isDeepStrictEqual } from 'node:util';
import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import '../../src/app.module.js';
import * as batches from '../../src/customers/dto/customer-batch.dto.js';
import { CustomerUpdateDto } from '../../src/customers/dto/customer-update.dto.js';
import { ErasureRequestDto } from '../../src/erasure/dto/erasure.dto.js';
import * as associations from '../../src/hierarchy/dto/association.dto.js';
import { ChildrenSearchDto } from '../../src/hierarchy/dto/children-search.dto.js';
import { ImportListQueryDto, ImportQueryDto, ResultQueryDto } from '../../src/imports/dto/import.dto.js';
import * as enrollments from '../../src/loyalty/dto/enrollment.dto.js';
import * as memberships from '../../src/loyalty/dto/membership.dto.js';
import { ResolutionDto, UnknownCreditQueryDto } from '../../src/loyalty/dto/unknown-credit.dto.js';
import * as updates from '../../src/updates/dto/whole-update.dto.js';
import { BoundsRecord } from '../../src/security/bounds-record.js';
import { KeyRecord } from '../../src/security/keys-file.js';
import { schemaNameOf } from '../../src/http/openapi/schema-names.js';
import { Problem } from '../../src/problems/problem.js';
import { compileAllDtos, readIfValid } from '../../src/validation/compile-dto.js';
import { readJsonBody } from '../../src/validation/json-body.js';
import { AccountQueryDto, BatchQueryDto, RouteQueryDto } from '../../src/writes/dto/route-query.dto.js';
import { type Schema, operationsOf, readDocument } from '../fuzz/api-document.js';
import { hostileTexts } from '../fuzz/hostile-texts.js';
import { markersOf } from '../fuzz/markers.js';
import { spoiled } from '../fuzz/spoil-value.js';
import { type Json, validValues } from '../fuzz/valid-values.js';

/** Bodies for each class: `DTO_BODIES=100000` is the long form. */
const BODIES = Number(process.env['DTO_BODIES'] ?? 1000);
const MARKERS = markersOf(1);
/** How many valid values the bodies of a class are made from; making one takes longer than checking it. */
const VALID = Math.min(BODIES, 500);

const TEXTS = hostileTexts(MARKERS);
const DOCUMENT = readDocument();

/** Returns the schema of all query parameters of an endpoint. */
function queryOf(endpoint: string): Schema {
  const operation = operationsOf(DOCUMENT).find(({ method, path }) => `${method} ${path}` === endpoint);
  const parameters = operation?.parameters.filter((parameter) => parameter.in === 'query') ?? [];
  return { properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])) };
}

const COUNT = { type: 'integer', minimum: 1 };

const BOUNDS: Schema = {
  properties: {
    sources: { type: 'array', items: { enum: ['INSTORE', 'WECHAT', 'ALL'] } },
    accounts: { type: 'array', items: { type: 'string', pattern: '^[!-~]{1,5}$' } },
    programs: { type: 'array', items: COUNT },
    maxPointsPerEnrollment: { type: 'number', minimum: 0 },
    maxPointsPerDay: { type: 'number', minimum: 0 },
    limits: { properties: { requestsPerSecond: COUNT, updatesPerSecond: COUNT, concurrent: COUNT } },
  },
};

const KEY: Schema = {
  properties: {
    ...BOUNDS.properties,
    name: { enum: ['app'] },
    hash: { enum: ['0'.repeat(64)] },
    scopes: { type: 'array', items: { enum: ['customers:write', 'imports:read'] }, minItems: 1 },
    expiresAt: { enum: ['2099-01-01T00:00:00Z'] },
  },
  required: ['name', 'hash', 'scopes'],
};

/** Each class that `validateAs` reads, and what mostly makes a valid value. */
const SCHEMAS = new Map<ClassConstructor<object>, Schema>([
  ...[
    CustomerUpdateDto,
    batches.CustomerElementDto,
    batches.CustomerBatchDto,
    memberships.MembershipDto,
    memberships.MembershipElementDto,
    memberships.MembershipBatchDto,
    enrollments.EnrollmentDto,
    enrollments.EnrollmentElementDto,
    enrollments.EnrollmentBatchDto,
    associations.AssociationDto,
    associations.AssociationElementDto,
    associations.AssociationBatchDto,
    updates.WholeUpdateDto,
    updates.WholeUpdateElementDto,
    updates.WholeUpdateBatchDto,
    ChildrenSearchDto,
    ResolutionDto,
    ErasureRequestDto,
  ].map((dto) => [dto, { $ref: schemaNameOf(dto.name) }] as const),
  [AccountQueryDto, queryOf('POST /v1/hierarchy/children/search')],
  [RouteQueryDto, queryOf('PATCH /v1/customers')],
  [BatchQueryDto, queryOf('POST /v1/customers/batch')],
  [UnknownCreditQueryDto, queryOf('GET /v1/loyalty/unknown-credits')],
  [ImportQueryDto, queryOf('POST /v1/imports')],
  [ImportListQueryDto, queryOf('GET /v1/imports')],
  [ResultQueryDto, queryOf('GET /v1/imports/{id}/results')],
  [BoundsRecord, BOUNDS],
  [KeyRecord, KEY],
]);

/** Reads a value as the service did before classes were compiled. */
function readSlowly(dto: ClassConstructor<object>, given: object): object | undefined {
  const value = plainToInstance(dto, given);
  const errors = validateSync(value, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  return errors.length === 0 ? value : undefined;
}

/** Reads a value as a body is read, which refuses names and texts that would make class-validator throw. */
function asBody(value: Json): object | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  try {
    return readJsonBody(Buffer.from(JSON.stringify(value))) as object;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

describe(readIfValid.name, () => {
  beforeAll(compileAllDtos);

  it.each([...SCHEMAS])('accepts as %o what class-validator accepts', (dto, schema) => {
    const valid = fc.constantFrom(...fc.sample(validValues(DOCUMENT, MARKERS)(schema), VALID));
    const once = spoiled(valid, TEXTS);
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(valid, once, spoiled(once, TEXTS)), (value) => {
        const given = asBody(value);
        fc.pre(given !== undefined);
        const fast = readIfValid(dto, given);
        const slow = readSlowly(dto, given);
        if (!isDeepStrictEqual(fast, slow)) expect(fast).toStrictEqual(slow);
        expect(JSON.stringify(fast)).toBe(JSON.stringify(slow));
        if (fast) accepted++;
        else refused++;
      }),
      { numRuns: BODIES },
    );
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});
