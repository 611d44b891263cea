# Not built yet by anybody: see docs/operations.md. Debian 12, because the proving binary needs its C library or a newer one.
FROM node:24-bookworm AS install
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    PRIVITY_HTTP_HOST=0.0.0.0 \
    PRIVITY_DATA_DIR=/var/lib/privity
WORKDIR /app
COPY --from=install /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
COPY circuits ./circuits
COPY contracts ./contracts
COPY policies ./policies
COPY config ./config
RUN mkdir -p /var/lib/privity && chown node:node /var/lib/privity
USER node
VOLUME /var/lib/privity
EXPOSE 8545
# Settings and keys come from outside: docker run -v /etc/privity:/etc/privity:ro ...
CMD ["node", "--max-old-space-size=2000", "src/cli/main.ts", "start", "--config", "/etc/privity/config.yaml"]
