# The worker, and the `keyturn` command with it: docker build -t keyturn:0.1.0 .
FROM node:24.21.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY test/conformance test/conformance
# The image has the Node that the packages node-* bring to a checkout.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/node-* node_modules/.bin/node

FROM node:24.21.0-trixie-slim AS worker
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN chmod +x dist/src/cli.js && ln -s /app/dist/src/cli.js /usr/local/bin/keyturn
# Of the user `node`, by number, so that Kubernetes can see that it is not root. Nothing in the image belongs to it.
USER 1000:1000
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:9464/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["keyturn"]
CMD ["worker"]

# What only docker-compose.yml needs: the demo's workload, and folders that fresh volumes of keys take their owner from.
FROM worker AS try-out
USER root
COPY examples/demo examples/demo
COPY deploy/compose/keys.ts deploy/compose/keyturn.yaml deploy/compose/
RUN install --directory --owner=1000 --group=1000 /keys/postgres /keys/openbao /keys/temporal /keys/orders-service \
  && install --directory --owner=1000 --group=1000 --mode=0700 /keys/worker
USER 1000:1000

# Without a target, the worker alone is built.
FROM worker
