"""Airflow's own components on one machine, on loopback, under one small supervisor: what ``yinliu up`` runs.

::

    supervise ── lock the home ── sweep leftovers ── airflow.cfg, secrets, pools
        ├── preparations   db migrate · pools import            run to their end, in order
        └── services       api-server · scheduler · dag-processor   restarted with backoff, stopped in reverse order

Everything it writes lies in the home folder (mode 0700). Airflow itself is never imported here, only started.
"""

from __future__ import annotations

from yinliu.supervisor.parts import Component, Parts, airflow_parts, pools
from yinliu.supervisor.supervise import supervise
from yinliu.supervisor.watch import Patience

__all__ = ["Component", "Parts", "Patience", "airflow_parts", "pools", "supervise"]
