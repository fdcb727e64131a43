# Two stages: a toolchain that builds, and a small image that runs.
ARG RUST_IMAGE=rust:1-bookworm

FROM ${RUST_IMAGE} AS build
# The feature `turbo` builds libjpeg-turbo with them.
RUN apt-get update \
 && apt-get install --no-install-recommends --yes cmake nasm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --profile dist --locked --features turbo \
 && install -D --mode 755 target/dist/laurel /out/laurel \
 && install --directory --owner 10001 --group 10001 --mode 700 /out/data

FROM debian:bookworm-slim
# Roots of trust for the providers' certificates.
RUN apt-get update \
 && apt-get install --no-install-recommends --yes ca-certificates \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/laurel /usr/local/bin/laurel
COPY --from=build --chown=10001:10001 /out/data /data
COPY LICENSE-MIT LICENSE-APACHE /usr/share/doc/laurel/
ENV LAUREL_LISTEN=0.0.0.0:3000 \
    LAUREL_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["laurel", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["laurel"]
CMD ["serve"]
