"""The Celery application (BG-07): the row is the truth, a message is a row's id."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

TRANSPORT_ALIASES["ringfence"] = "console.core.broker:Transport"
app = Celery("ringfence")
QUEUES = ("otp", "calls", "webhooks", "exports", "mail")


def _transport() -> dict[str, Any]:
    if not settings.BROKER_URL.startswith("filesystem"):
        return {
            "broker_url": settings.BROKER_URL,
            "broker_transport_options": {
                # Above the hard time limit, or a running task would be handed out again.
                "visibility_timeout": 300,
                # A dead worker's tasks come back within seconds, not after the stock 100 s.
                "unacked_restore_interval": 2,
                "unacked_restore_throttle": 1,
                "socket_connect_timeout": 1,
                "socket_timeout": 5,
                "max_retries": 1,
            }
            if settings.BROKER_URL.startswith("redis")
            else {},
        }
    folder = settings.BROKER_DIR
    for name in ("messages", "control", "processed"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "broker_url": "ringfence://localhost",
        "broker_transport_options": {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "control"),
            "processed_folder": str(folder / "processed"),
            "store_processed": False,
            "polling_interval": 0.1,
        },
    }


app.conf.update(
    **_transport(),
    task_queues=[Queue(name, routing_key=name) for name in QUEUES],
    task_default_queue="calls",
    accept_content=["json"],
    task_serializer="json",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=60,
    task_soft_time_limit=45,
    task_ignore_result=True,
    result_backend=None,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=25,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    timezone="UTC",
    enable_utc=True,
)
if settings.ON_SQLITE:
    # A file needs no new connection for every task, as Celery would have it; PostgreSQL's are
    # given back to their pool, which looks whether they still live.
    app.conf["CELERY_DB_REUSE_MAX"] = 100_000
app.autodiscover_tasks()
