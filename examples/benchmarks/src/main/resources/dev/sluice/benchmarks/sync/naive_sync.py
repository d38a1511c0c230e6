"""A table to the Stream API as a short script does it: one query, dicts, json, a request for every 1,000 rows.

Arguments: connection string, table, watermark column, address of the API.
"""
import json
import resource
import sys
import time
from datetime import datetime

import psycopg
import requests

BATCH_SIZE = 1000


def push(url, rows):
    body = {"data": rows, "config": {"table": "bronze.orders", "mode": "append"}}
    answer = requests.post(
        url + "/v2/stream",
        # Without a default, json refuses the numbers of a numeric column.
        data=json.dumps(body, default=str),
        headers={"Authorization": "Bearer benchmark", "Content-Type": "application/json"},
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json()["successful_rows"]


def sync(dsn, table, watermark, url):
    newest = None
    written = 0
    batch = []
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY {watermark}")
        names = [column.name for column in cursor.description]
        for record in cursor:
            row = dict(zip(names, record))
            if newest is None or row[watermark] > newest:
                newest = row[watermark]
            for name, value in row.items():
                if isinstance(value, datetime):
                    row[name] = value.isoformat()
            batch.append(row)
            if len(batch) == BATCH_SIZE:
                written += push(url, batch)
                batch = []
    if batch:
        written += push(url, batch)
    return written


if __name__ == "__main__":
    start = time.perf_counter_ns()
    sync(*sys.argv[1:])
    nanos = time.perf_counter_ns() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int((used.ru_utime + used.ru_stime) * 1e9)
    print(f"RESULT {nanos} {cpu} {used.ru_maxrss * 1024} 0 0")
