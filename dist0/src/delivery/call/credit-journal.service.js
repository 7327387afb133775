var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Injectable } from '@nestjs/common';
import { EventLog } from '../../observability/event-log.js';
import { CreditsRepository } from '../../records/credits.repository.js';
/**
 * Records points before they leave, and how they ended. So no credit in doubt is lost, however this process ends and
 * however early a caller stops waiting.
 */
let CreditJournal = class CreditJournal {
    credits;
    log;
    constructor(credits, log) {
        this.credits = credits;
        this.log = log;
    }
    /**
     * Records that the updates with points leave with this call. If its points cannot be recorded, an update does not
     * leave.
     */
    async permit(callId, members) {
        const carriers = members.filter((one) => !one.isSafeToRepeat);
        if (carriers.length === 0)
            return { permitted: members, refused: [] };
        await Promise.all(carriers.map(({ creditNoted }) => creditNoted));
        const mayLeave = await this.noteSent(callId, carriers);
        const reason = mayLeave ? 'points-in-doubt' : 'storage-unavailable';
        const stay = new Set(carriers.filter(({ creditId }) => !mayLeave?.has(creditId)));
        // Recorded by an earlier sender, or by an instance that took over.
        if (mayLeave)
            for (const one of stay)
                one.markInDoubt(reason);
        return {
            permitted: members.filter((one) => !stay.has(one)),
            refused: [...stay].map((one) => ({ one, reason })),
        };
    }
    /** Records what the end of a call proves about the points in it. */
    noteAnswered(carriers) {
        this.noteFates(carriers.map((one) => ({ one, fate: one.creditFate })));
    }
    /**
     * Records which of these credits are in doubt; resolves when that is stored, so that their callers may get their
     * outcomes.
     */
    async noteDoubts(updates) {
        const inFlight = updates.filter((one) => one.isSent && !one.isSafeToRepeat);
        this.noteFates(inFlight.map((one) => ({ one, fate: 'unknown' })));
        await Promise.all(updates.map(({ creditNoted }) => creditNoted));
    }
    async noteSent(callId, carriers) {
        try {
            return await this.credits.noteSent(callId, carriers.map(creditOf));
        }
        catch (error) {
            this.log.fault('credits.not-noted', error, { callId, itemCount: carriers.length });
            return undefined;
        }
    }
    noteFates(fates) {
        if (fates.length === 0)
            return;
        const before = fates.map(({ one }) => one.creditNoted);
        const noted = Promise.all(before)
            .then(() => this.credits.noteFates(fates.map(({ one, fate }) => ({
            id: one.creditId,
            fate,
            reason: fate === 'unknown' ? (one.doubtReason ?? 'deadline-passed') : undefined,
            upstreamRequestId: one.lastUpstreamRequestId,
        }))))
            // The row keeps its state `sent`; the sweep turns it into `unknown` later.
            .catch((error) => this.log.fault('credits.not-noted', error, { itemCount: fates.length }));
        for (const { one } of fates)
            one.creditNoted = noted;
    }
};
CreditJournal = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [CreditsRepository,
        EventLog])
], CreditJournal);
export { CreditJournal };
function creditOf({ creditId, update, submission }) {
    const { route, credit } = update;
    return {
        id: creditId,
        principal: submission.principal,
        route,
        points: credit?.points ?? 0,
        // When it is sent once more, it gets a credit of its own.
        payload: JSON.stringify({ ...update, credit: { ...credit, id: undefined, lease: undefined } }),
        isKept: credit?.id !== undefined,
        lease: credit?.lease,
    };
}
//# sourceMappingURL=credit-journal.service.js.map