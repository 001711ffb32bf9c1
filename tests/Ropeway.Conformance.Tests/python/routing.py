import pika
from scenario import connect, fresh, get_all

connection = connect()
channel = connection.channel()


def queue():
    return channel.queue_declare(queue='', exclusive=True).method.queue


# Fanout: all bound queues, whatever the key; a queue bound twice gets one copy.
fanout = fresh('fanout')
channel.exchange_declare(fanout, 'fanout')
a, b, unbound = queue(), queue(), queue()
channel.queue_bind(a, fanout, 'k')
channel.queue_bind(a, fanout, 'k2')
channel.queue_bind(b, fanout)
channel.basic_publish(fanout, 'anything', 'all')
assert get_all(channel, a, 1) == get_all(channel, b, 1) == [b'all']
get_all(channel, unbound, 0)
channel.queue_unbind(b, fanout)
channel.basic_publish(fanout, '', 'one')
get_all(channel, a, 1)
get_all(channel, b, 0)

# Direct: exactly the key; several queues may share one.
direct = fresh('direct')
channel.exchange_declare(direct, 'direct')
a, b = queue(), queue()
channel.queue_bind(a, direct, 'red')
channel.queue_bind(b, direct, 'red')
channel.queue_bind(b, direct, 'blue')
for key in ('red', 'blue', 'RED', ''):
    channel.basic_publish(direct, key, key)
assert get_all(channel, a, 1) == [b'red']
assert get_all(channel, b, 2) == [b'red', b'blue']

# Topic: * is one word, # is any number of words.
patterns = {'*.orange.*': 1, '*.*.rabbit': 2, 'lazy.#': 3, '#': 4, 'quick.orange.rabbit': 5, '#.fox.#': 6, '*': 7, '': 8}
keys = {
    'quick.orange.rabbit': {1, 2, 4, 5}, 'lazy.orange.elephant': {1, 3, 4}, 'quick.orange.fox': {1, 4, 6}, 'lazy': {3, 4, 7}, 'lazy.pink.rabbit': {2, 3, 4},
    'orange': {4, 7}, 'quick.orange.new.rabbit': {4}, 'lazy.orange.new.rabbit': {3, 4}, 'fox': {4, 6, 7}, 'a.fox.b.c': {4, 6}, '': {4, 8}, 'a..rabbit': {2, 4},
}
topic = fresh('topic')
channel.exchange_declare(topic, 'topic')
queues = {number: queue() for number in patterns.values()}
for pattern, number in patterns.items():
    channel.queue_bind(queues[number], topic, pattern)
for key in keys:
    channel.basic_publish(topic, key, key or 'empty')
for number, name in queues.items():
    expected = [(key or 'empty').encode() for key, numbers in keys.items() if number in numbers]
    assert get_all(channel, name, len(expected)) == expected, number

# Headers: all or any of the binding's arguments; x- arguments do not count.
exchange = fresh('headers')
channel.exchange_declare(exchange, 'headers')
every, some, bare = queue(), queue(), queue()
channel.queue_bind(every, exchange, arguments={'x-match': 'all', 'format': 'pdf', 'type': 'report'})
channel.queue_bind(some, exchange, arguments={'x-match': 'any', 'format': 'pdf', 'pages': 3})
channel.queue_bind(bare, exchange, arguments={'format': 'zip'})
for body, headers in (('both', {'format': 'pdf', 'type': 'report'}), ('one', {'format': 'pdf', 'type': 'log'}), ('number', {'pages': 3}),
                      ('text', {'pages': '3'}), ('zip', {'format': 'zip', 'more': True}), ('none', None)):
    channel.basic_publish(exchange, '', body, pika.BasicProperties(headers=headers))
assert get_all(channel, every, 1) == [b'both']
assert get_all(channel, some, 3) == [b'both', b'one', b'number']
assert get_all(channel, bare, 1) == [b'zip']

# Exchange to exchange.
source, target, last = fresh('source'), fresh('target'), queue()
channel.exchange_declare(source, 'topic')
channel.exchange_declare(target, 'fanout')
channel.exchange_bind(destination=target, source=source, routing_key='x.#')
channel.queue_bind(last, target)
channel.basic_publish(source, 'x.y', 'through')
channel.basic_publish(source, 'y.x', 'not')
assert get_all(channel, last, 1) == [b'through']
channel.exchange_unbind(destination=target, source=source, routing_key='x.#')
channel.basic_publish(source, 'x.y', 'not any more')
get_all(channel, last, 0)
for name in (fanout, direct, topic, exchange, source, target):
    channel.exchange_delete(name)
connection.close()
