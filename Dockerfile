# The server as an image: built from the locks, run by a user without rights, on a file system that it cannot write.

FROM node:20-bookworm-slim AS fonts
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY scripts/fonts.sh scripts/fonts.sh
RUN scripts/fonts.sh

FROM python:3.13-slim-bookworm AS application
WORKDIR /build
RUN python -m venv /opt/thirdchair
COPY requirements-cluster.lock ./
RUN /opt/thirdchair/bin/pip install --no-cache-dir --require-hashes -r requirements-cluster.lock
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY server server
COPY web web
COPY --from=fonts /build/web/static/fonts web/static/fonts
RUN /opt/thirdchair/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin thirdchair \
    && install --directory --mode=0700 --owner=thirdchair /data
COPY --from=application /opt/thirdchair /opt/thirdchair
ENV PATH=/opt/thirdchair/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    THIRDCHAIR_DATA=/data THIRDCHAIR_HOST=0.0.0.0 THIRDCHAIR_PORT=8080 THIRDCHAIR_MEDIA_PORT=7882
USER thirdchair
WORKDIR /data
VOLUME /data
EXPOSE 8080/tcp 7882/udp 7882/tcp
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health/ready', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "server", "run"]
