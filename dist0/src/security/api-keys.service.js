var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { StartupError } from '../config/startup-error.js';
import { hashKey, isKey } from './api-key.js';
import { KeysFileError, readKeysFile } from './keys-file.js';
/**
 * How often the file is read to notice a change. File system events would miss changes: a mounted file is often a
 * symbolic link that is replaced. Modification times would merge two changes within one tick of the clock.
 */
const POLL_INTERVAL_MS = 1000;
function storedKey({ name, hash, scopes, expiresAt, ...bounds }) {
    return {
        hash: Buffer.from(hash, 'hex'),
        expiresAtMs: expiresAt === undefined ? Infinity : Date.parse(expiresAt),
        principal: { ...bounds, kind: 'api-key', name, scopes: new Set(scopes) },
    };
}
/** Authenticates API keys with the current contents of `API_KEYS_FILE`. */
let ApiKeys = class ApiKeys {
    log;
    path;
    keys = [];
    loadedText;
    pollTimer;
    constructor(settings, log) {
        this.log = log;
        this.path = settings.API_KEYS_FILE;
    }
    /**
     * Reads the file, and reads it again after each change. Before, no key is valid.
     *
     * @throws StartupError if the file is not usable
     */
    open() {
        if (this.path === undefined)
            return;
        this.loadedText = readText(this.path);
        try {
            this.load(this.path);
        }
        catch (error) {
            if (!(error instanceof KeysFileError))
                throw error;
            throw new StartupError(`API_KEYS_FILE: ${error.message}\n`.concat(HOW_TO_CREATE));
        }
        this.pollTimer = setInterval(() => this.reloadIfChanged(), POLL_INTERVAL_MS).unref();
    }
    /** @returns the principal of the key; undefined if the key is unknown, revoked or expired */
    find(token) {
        if (!isKey(token))
            return undefined;
        const hash = hashKey(token);
        let found;
        // Every hash is compared, so that the time it takes reveals nothing.
        for (const key of this.keys)
            if (timingSafeEqual(key.hash, hash))
                found = key;
        return found && Date.now() < found.expiresAtMs ? found.principal : undefined;
    }
    onApplicationShutdown() {
        clearInterval(this.pollTimer);
    }
    load(path) {
        this.keys = readKeysFile(path).map(storedKey);
        this.log.write('info', 'keys.loaded', { keyCount: this.keys.length });
    }
    reloadIfChanged() {
        if (this.path === undefined)
            return;
        const text = readText(this.path);
        if (text === this.loadedText)
            return;
        this.loadedText = text;
        try {
            this.load(this.path);
        }
        catch (error) {
            // The previous keys stay valid: a mistake in an editor must not lock out all callers.
            if (error instanceof KeysFileError)
                this.log.write('error', 'keys.refused', { mistakes: error.mistakes });
            else
                this.log.fault('keys.refused', error);
        }
    }
};
ApiKeys = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Settings,
        EventLog])
], ApiKeys);
export { ApiKeys };
/** @returns undefined if the file cannot be read */
function readText(path) {
    try {
        return readFileSync(path, 'utf8');
    }
    catch {
        return undefined;
    }
}
const HOW_TO_CREATE = 'npm run keys -- create --name app --scopes customers:write makes one.';
//# sourceMappingURL=api-keys.service.js.map