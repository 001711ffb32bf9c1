"""kombu: exchange, queue, serialised messages, acknowledge and requeue, a queue that is used as one of Python's."""
import sys

from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.common import eventloop

from scenario import DEADLINE, fresh

url = f'amqp://guest:guest@{sys.argv[1]}:{sys.argv[2]}//'
exchange = Exchange(fresh('kombu'), type='topic', durable=True)
queue = Queue(fresh('kombu'), exchange, routing_key='orders.*', durable=True)
seen = []


def on_message(body, message):
    seen.append((body, message.delivery_info['redelivered']))
    if len(seen) == 1:
        message.requeue()
    else:
        message.ack()


with Connection(url, transport_options={'confirm_publish': True}) as connection:
    with connection.channel() as channel:
        producer = Producer(channel, exchange, serializer='json')
        producer.publish({'order': 1}, routing_key='orders.new', declare=[queue], retry=True, compression='zlib')
        producer.publish({'order': 2}, routing_key='orders.paid', headers={'tries': 3}, priority=2)
        with Consumer(channel, [queue], callbacks=[on_message], accept=['json'], prefetch_count=1):
            for _ in eventloop(connection, timeout=DEADLINE, limit=3):
                pass
    assert seen == [({'order': 1}, False), ({'order': 1}, True), ({'order': 2}, False)], seen

    simple = connection.SimpleQueue(fresh('simple'))
    simple.put('one')
    message = simple.get(block=True, timeout=DEADLINE)
    assert message.payload == 'one'
    message.ack()
    assert simple.qsize() == 0
    simple.close()
    simple.queue(connection.default_channel).delete()
    queue(connection.default_channel).delete()
    exchange(connection.default_channel).delete()
