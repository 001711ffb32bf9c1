"""Celery: a worker in a process of its own takes tasks, one is retried, and results come back over AMQP."""
import os
import subprocess
import sys

from celery import Celery, group

from scenario import DEADLINE, fresh

queue = os.environ.setdefault('TASKS', fresh('celery'))
app = Celery('celery_tasks', broker=f'amqp://guest:guest@{sys.argv[1]}:{sys.argv[2]}//', backend='rpc://')
app.conf.update(task_default_queue=queue, task_acks_late=True, worker_prefetch_multiplier=1, broker_connection_retry=False)


@app.task(name='add')
def add(one, other):
    return one + other


@app.task(name='stubborn', bind=True, max_retries=2)
def stubborn(self):
    if self.request.retries == 0:
        raise self.retry(countdown=0)
    return self.request.retries


def main():
    worker = subprocess.Popen([sys.executable, '-B', *sys.argv[:3], 'worker'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert add.delay(2, 3).get(timeout=DEADLINE) == 5
        assert group(add.s(n, n) for n in range(20))().get(timeout=DEADLINE) == [2 * n for n in range(20)]
        assert stubborn.delay().get(timeout=DEADLINE) == 1
    finally:
        worker.terminate()
        worker.wait(DEADLINE)


if sys.argv[3:] == ['worker']:
    app.worker_main(['worker', '--pool', 'solo', '--without-mingle', '--without-gossip'])
else:
    main()
