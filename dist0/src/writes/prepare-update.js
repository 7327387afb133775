import { checkUpdate } from '../security/check-bounds.js';
import { validateAs } from '../validation/validate-as.js';
/**
 * Fills in defaults, validates, translates, and checks the bounds of the caller.
 *
 * @param sent the item as it was sent
 * @param as the class to validate it as, and where it is in the body
 */
export function prepareUpdate(kind, sent, { route, bounds, settings }, as = { dto: kind.dto, pointer: '' }) {
    const dto = kind.withDefaults?.(sent, settings) ?? sent;
    const validated = validateAs(as.dto, dto, as.pointer);
    if ('mistakes' in validated)
        return { outcome: 'invalid', mistakes: validated.mistakes };
    const update = kind.translate(validated.value, route);
    const mistakes = checkUpdate(update, bounds, as.pointer);
    return mistakes.length > 0 ? { outcome: 'out-of-bounds', mistakes } : { dto, update };
}
//# sourceMappingURL=prepare-update.js.map