# Two stages: what builds stays behind, what runs is the interpreter, the locked packages and the source, as a user without rights.
FROM python:3.13-slim AS made
WORKDIR /app
COPY requirements-run.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements-run.lock
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
COPY storage storage
COPY workspace workspace
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .
# The first question makes the index, and keeps it beside the program, where a read-only root cannot.
RUN CLAUSEKEEPER_DATABASE=/tmp/first.db /venv/bin/clausekeeper ask "when is an invoice due?"

FROM python:3.13-slim
COPY --from=made /venv /venv
# The user's number is written, so that an engine can see that it is not root's.
RUN install -d -o 10001 -g 10001 -m 700 /data
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CLAUSEKEEPER_DATABASE=/data/clausekeeper.db \
    HOST=0.0.0.0 \
    PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/livez', timeout=4)"]
ENTRYPOINT ["clausekeeper"]
CMD ["serve"]
