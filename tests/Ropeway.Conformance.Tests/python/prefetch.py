from scenario import connect, consume, fresh

queue = fresh('prefetch')
connection = connect()
channel = connection.channel()
channel.confirm_delivery()
channel.queue_declare(queue=queue)
for number in range(20):
    channel.basic_publish('', queue, str(number))


def ready():
    return watcher.queue_declare(queue=queue, passive=True).method.message_count


watcher = connection.channel()
channel.basic_qos(prefetch_count=5)
received = []
tag = channel.basic_consume(queue, lambda c, m, p, b: received.append((m.delivery_tag, b)))
while len(received) < 5:
    connection.process_data_events(time_limit=1)
connection.process_data_events(time_limit=0.2)
assert len(received) == 5 and ready() == 15, (received, ready())

channel.basic_ack(received[1][0])
while len(received) < 6:
    connection.process_data_events(time_limit=1)
channel.basic_ack(received[-1][0], multiple=True)
while len(received) < 11:
    connection.process_data_events(time_limit=1)
connection.process_data_events(time_limit=0.2)
assert len(received) == 11 and ready() == 9, (len(received), ready())
assert [int(body) for _, body in received] == list(range(11))

# The limit holds for each consumer: a second one on the channel gets its own five.
others = []
channel.basic_consume(queue, lambda c, m, p, b: others.append(m.delivery_tag))
while len(others) < 5:
    connection.process_data_events(time_limit=1)
connection.process_data_events(time_limit=0.2)
assert len(others) == 5 and len(received) == 11

# With global=True it is shared by the channel, counting what is already out.
shared = connection.channel()
shared.basic_qos(prefetch_count=3, global_qos=True)
together = []
shared.basic_consume(queue, lambda c, m, p, b: together.append(b))
shared.basic_consume(queue, lambda c, m, p, b: together.append(b))
while len(together) < 3:
    connection.process_data_events(time_limit=1)
connection.process_data_events(time_limit=0.2)
assert len(together) == 3 and ready() == 1, (together, ready())
watcher.queue_delete(queue)
connection.close()
