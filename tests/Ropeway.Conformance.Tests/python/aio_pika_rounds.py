"""aio-pika: confirms, returns, consuming with an iterator, and a remote call with its answer."""
import asyncio
import sys

import aio_pika
from aio_pika.exceptions import DeliveryError

from scenario import DEADLINE, fresh


async def publish_and_consume(connection):
    async with connection.channel(on_return_raises=True) as channel:
        await channel.set_qos(prefetch_count=5)
        exchange = await channel.declare_exchange(fresh('aio'), aio_pika.ExchangeType.DIRECT, auto_delete=True)
        queue = await channel.declare_queue(fresh('aio'), durable=True)
        await queue.bind(exchange, 'key')
        for number in range(50):
            await exchange.publish(aio_pika.Message(str(number).encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT), 'key')
        bodies = []
        async with queue.iterator() as messages:
            async for message in messages:
                async with message.process():
                    bodies.append(int(message.body))
                if len(bodies) == 50:
                    break
        assert bodies == list(range(50)), bodies
        try:
            await exchange.publish(aio_pika.Message(b'lost'), 'nowhere')
            raise AssertionError('a message without a route was confirmed without a return')
        except DeliveryError:
            pass
        await queue.delete()


async def call(connection):
    """The pattern of aio-pika's own tutorial: a server, a queue for the answers, the correlation id."""
    async with connection.channel() as channel:
        questions = await channel.declare_queue(fresh('questions'), exclusive=True)
        answers = await channel.declare_queue(exclusive=True)
        answer = asyncio.get_running_loop().create_future()

        async def serve(message):
            await channel.default_exchange.publish(
                aio_pika.Message(message.body * 2, correlation_id=message.correlation_id), message.reply_to)

        async def take(message):
            answer.set_result((message.correlation_id, message.body))

        await questions.consume(serve, no_ack=True)
        await answers.consume(take, no_ack=True)
        await channel.default_exchange.publish(aio_pika.Message(b'ab', correlation_id='7', reply_to=answers.name), questions.name)
        assert await answer == ('7', b'abab')


async def main():
    connection = await aio_pika.connect_robust(f'amqp://guest:guest@{sys.argv[1]}:{sys.argv[2]}/')
    async with connection:
        await publish_and_consume(connection)
        await call(connection)

asyncio.run(asyncio.wait_for(main(), DEADLINE))
