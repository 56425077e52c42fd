# The server as an image: compiled in the first stage, alone in the second.

FROM rust:1.95-slim-trixie AS build
WORKDIR /source
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cargo build --release --locked --package hemicycle

FROM debian:trixie-slim
# The user owns its data folder and nothing else.
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/hemicycle --shell /usr/sbin/nologin hemicycle
COPY --from=build /source/target/release/hemicycle /usr/local/bin/hemicycle
ENV HEMICYCLE_DATA_DIR=/var/lib/hemicycle
USER hemicycle
WORKDIR /var/lib/hemicycle
EXPOSE 8080
# The image has no other client than the binary itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["hemicycle", "health", "--url", "http://127.0.0.1:8080"]
# Inside a container every interface is the container's own; who reaches it is decided by who publishes the port.
CMD ["hemicycle", "serve", "--listen", "0.0.0.0:8080"]
