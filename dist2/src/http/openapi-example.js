export {};
//# sourceMappingURL=openapi-example.js.map