"""aio-pika's patterns: remote calls (a result, an error, a call to nobody, one that nobody takes in time) and a master with workers."""
import asyncio
import sys

import aio_pika
from aio_pika.exceptions import MessageProcessError
from aio_pika.patterns import RPC, Master, NackMessage, RejectMessage

from scenario import DEADLINE, fresh


async def remote_calls(connection):
    multiply, fail, absent, idle = (fresh(name) for name in ('multiply', 'fail', 'absent', 'idle'))

    async def do_multiply(*, x, y):
        return x * y

    async def do_fail():
        raise ValueError('no')

    async with connection.channel() as serving, connection.channel() as calling:
        server = await RPC.create(serving)
        await server.register(multiply, do_multiply, auto_delete=True)
        await server.register(fail, do_fail, auto_delete=True)
        client = await RPC.create(calling)

        results = await asyncio.gather(*(client.call(multiply, {'x': n, 'y': 3}) for n in range(50)))
        assert results == [3 * n for n in range(50)], results
        try:
            await client.call(fail)
            raise AssertionError('the error of the server did not come back')
        except ValueError as error:
            assert str(error) == 'no'
        try:
            await client.call(absent)
            raise AssertionError('a call to nobody was not returned')
        except MessageProcessError:
            pass

        # Its time runs out in a queue without a consumer, and the dead-letter exchange, of type headers, leads it back to the caller.
        waiting = await calling.declare_queue(idle, arguments={'x-dead-letter-exchange': RPC.DLX_NAME})
        try:
            await client.call(idle, expiration=0.1)
            raise AssertionError('a call that nobody took did not time out')
        except asyncio.TimeoutError:
            pass
        await waiting.delete()
        await client.close()
        await server.close()


async def master_and_workers(connection):
    task = fresh('task')
    done, attempts, everything = [], {}, asyncio.Event()

    async def work(*, number):
        attempts[number] = attempts.get(number, 0) + 1
        if number == 3 and attempts[number] == 1:
            raise NackMessage(requeue=True)
        if number == 4:
            done.append(-number)
            raise RejectMessage(requeue=False)
        done.append(number)
        if len(done) == 20:
            everything.set()

    async with connection.channel() as channel:
        await channel.set_qos(prefetch_count=5)
        master = Master(channel)
        workers = [await master.create_worker(task, work, durable=True) for _ in range(3)]
        for number in range(20):
            await master.create_task(task, {'number': number})
        await everything.wait()
        for worker in workers:
            await worker.close()
        left = await channel.declare_queue(task, durable=True)
        await left.delete()

    assert sorted(map(abs, done)) == list(range(20)), done
    assert -4 in done and attempts[3] == 2, (done, attempts)


async def main():
    connection = await aio_pika.connect_robust(f'amqp://guest:guest@{sys.argv[1]}:{sys.argv[2]}/')
    async with connection:
        await remote_calls(connection)
        await master_and_workers(connection)

asyncio.run(asyncio.wait_for(main(), DEADLINE))
