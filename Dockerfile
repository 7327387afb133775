# Builds the service (docker build --target service .) and the sandbox (docker build --target sandbox .) from a clean checkout.

# The service needs no workspace, such as the sandbox, and links to them would lead nowhere in its image.
FROM node:24.21-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --workspaces=false
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY tools/keys ./tools/keys
RUN npm run build

FROM node:24.21-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspaces=false

# The sandbox imitates the vendor and needs only Node.
FROM node:24.21-slim AS sandbox
WORKDIR /app
COPY package.json ./
COPY sandbox ./sandbox
ENV SANDBOX_HOST=0.0.0.0 SANDBOX_PORT=4010
USER node
EXPOSE 4010
HEALTHCHECK --interval=5s --timeout=3s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4010/_sandbox/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "sandbox/main.ts"]

FROM node:24.21-slim AS service
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
# The database of an instance without DATABASE_URL, and the API keys (data/api-keys.json unless API_KEYS_FILE names another
# file, such as keys/api-keys.json). Mount volumes here, or both are lost with the container.
RUN mkdir data keys && chown node:node data keys
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=32", "--max-old-space-size=512", "dist/src/main.js"]
