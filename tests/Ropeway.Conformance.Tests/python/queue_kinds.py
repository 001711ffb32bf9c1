import time

import pika
from scenario import DEADLINE, connect, expect_channel_close, fresh

connection = connect()
other = connect()
channel = connection.channel()

# Server-named: unique, amq.gen-, and the last declared queue is meant by an empty name.
first = channel.queue_declare(queue='', exclusive=True).method.queue
second = channel.queue_declare(queue='', exclusive=True).method.queue
assert first.startswith('amq.gen-') and second.startswith('amq.gen-') and first != second
channel.queue_bind(queue='', exchange='amq.direct', routing_key=second)
channel.basic_publish('amq.direct', second, 'to the last one')
assert channel.basic_get(second, auto_ack=True)[2] == b'to the last one'

# Exclusive: locked to others, gone with its connection.
exclusive = fresh('exclusive')
channel.queue_declare(queue=exclusive, exclusive=True)
for action in ('declare', 'get', 'delete', 'purge', 'consume', 'passive'):
    foreign = other.channel()
    act = {
        'declare': lambda: foreign.queue_declare(queue=exclusive, exclusive=True),
        'passive': lambda: foreign.queue_declare(queue=exclusive, passive=True),
        'get': lambda: foreign.basic_get(exclusive),
        'delete': lambda: foreign.queue_delete(exclusive),
        'purge': lambda: foreign.queue_purge(exclusive),
        'consume': lambda: foreign.basic_consume(exclusive, print),
    }[action]
    text = expect_channel_close(foreign, 405, act)
    assert text.startswith('RESOURCE_LOCKED - cannot obtain exclusive access to locked queue'), text
connection.close()
foreign = other.channel()
until = time.monotonic() + DEADLINE
while True:
    try:
        foreign.queue_declare(queue=exclusive, passive=True)
    except pika.exceptions.ChannelClosedByBroker as closed:
        foreign = other.channel()
        if closed.reply_code == 404:
            break
    assert time.monotonic() < until

# Auto-delete: stays while nobody has consumed, goes with the last consumer.
connection = connect()
channel = connection.channel()
automatic = fresh('automatic')
channel.queue_declare(queue=automatic, auto_delete=True)
foreign.queue_declare(queue=automatic, passive=True)
one = channel.basic_consume(automatic, lambda *delivery: None)
two = channel.basic_consume(automatic, lambda *delivery: None)
channel.basic_cancel(one)
foreign.queue_declare(queue=automatic, passive=True)
channel.basic_cancel(two)
expect_channel_close(foreign, 404, lambda: foreign.queue_declare(queue=automatic, passive=True))

# Exclusive consumer: the second one is refused.
queue = fresh('single')
channel.queue_declare(queue=queue)
channel.basic_consume(queue, print, exclusive=True)
foreign = other.channel()
expect_channel_close(foreign, 403, lambda: foreign.basic_consume(queue, print))
channel.queue_delete(queue)
connection.close()
other.close()
