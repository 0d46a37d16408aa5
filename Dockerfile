# syntax=docker/dockerfile:1

# One image, one binary. There is no Postgres in it, so NAUNGAN_DATABASE_URL is
# required here; elsewhere naungan starts a private one when it is missing.
#
#   docker build --build-arg VERSION=v1.0.0 --build-arg COMMIT=$(git rev-parse HEAD) -t naungan .
#   docker run -p 8080:8080 -e NAUNGAN_DATABASE_URL=postgres://... -v naungan:/var/lib/naungan naungan

FROM golang:1.26-bookworm AS build
WORKDIR /src
# Modules first: they change less often than the code.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=dev
ARG COMMIT=unknown
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath \
    -ldflags "-s -w -X main.version=${VERSION} -X main.commit=${COMMIT}" \
    -o /out/naungan ./cmd/naungan
# The last stage has no shell to make the data directory with.
RUN mkdir -p /out/data

FROM scratch
# Roots for a database over TLS; the program brings its own time zones.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/naungan /naungan
# What serve keeps beside the database: the administrator's client, for one.
COPY --from=build --chown=65532:65532 /out/data /var/lib/naungan
VOLUME /var/lib/naungan
ENV NAUNGAN_LISTEN=0.0.0.0:8080 \
    NAUNGAN_DATA_DIR=/var/lib/naungan
EXPOSE 8080
USER 65532:65532
# A rolling start may migrate first, hence the long grace.
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s --retries=3 CMD ["/naungan", "health"]
ENTRYPOINT ["/naungan"]
CMD ["serve"]
