function isObject(value) {
    return typeof value === 'object' && value !== null;
}
/** Whether an enrollment credits points. It is not validated yet; `loyaltyPoints` that is no number credits none. */
export function creditsPoints(enrollment) {
    if (!isObject(enrollment) || !Array.isArray(enrollment['programs']))
        return false;
    return enrollment['programs'].some((program) => isObject(program) && typeof program['loyaltyPoints'] === 'number' && program['loyaltyPoints'] > 0);
}
//# sourceMappingURL=credits-points.js.map