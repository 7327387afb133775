var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsInt, IsNumber, Matches, Min } from 'class-validator';
import { PRINTABLE_ASCII, SOURCES } from '../config/vendor-enums.js';
import { Nested, Optional } from '../validation/validate-as.js';
/** Requires a list of one or more distinct values. */
export function List() {
    return (target, property) => {
        for (const decorate of [IsArray(), ArrayNotEmpty(), ArrayUnique()])
            decorate(target, property);
    };
}
class LimitsRecord {
    requestsPerSecond;
    updatesPerSecond;
    concurrent;
}
__decorate([
    Optional(),
    IsInt(),
    Min(1),
    __metadata("design:type", Number)
], LimitsRecord.prototype, "requestsPerSecond", void 0);
__decorate([
    Optional(),
    IsInt(),
    Min(1),
    __metadata("design:type", Number)
], LimitsRecord.prototype, "updatesPerSecond", void 0);
__decorate([
    Optional(),
    IsInt(),
    Min(1),
    __metadata("design:type", Number)
], LimitsRecord.prototype, "concurrent", void 0);
/** The bounds of a key in the file of API keys, or of a token in `authorization_details`. */
export class BoundsRecord {
    sources;
    accounts;
    programs;
    maxPointsPerEnrollment;
    maxPointsPerDay;
    limits;
}
__decorate([
    Optional(),
    List(),
    IsIn(SOURCES, { each: true }),
    __metadata("design:type", Array)
], BoundsRecord.prototype, "sources", void 0);
__decorate([
    Optional(),
    List(),
    Matches(PRINTABLE_ASCII, { each: true, message: 'must each be 1 to 100 printable ASCII characters' }),
    __metadata("design:type", Array)
], BoundsRecord.prototype, "accounts", void 0);
__decorate([
    Optional(),
    List(),
    IsInt({ each: true }),
    Min(1, { each: true }),
    __metadata("design:type", Array)
], BoundsRecord.prototype, "programs", void 0);
__decorate([
    Optional(),
    IsNumber(),
    Min(0),
    __metadata("design:type", Number)
], BoundsRecord.prototype, "maxPointsPerEnrollment", void 0);
__decorate([
    Optional(),
    IsNumber(),
    Min(0),
    __metadata("design:type", Number)
], BoundsRecord.prototype, "maxPointsPerDay", void 0);
__decorate([
    Optional(),
    Nested(() => LimitsRecord),
    __metadata("design:type", LimitsRecord)
], BoundsRecord.prototype, "limits", void 0);
//# sourceMappingURL=bounds-record.js.map