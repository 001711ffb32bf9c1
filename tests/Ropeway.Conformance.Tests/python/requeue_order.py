from scenario import connect, consume, fresh

queue = fresh('requeue')
connection = connect()
channel = connection.channel()
channel.queue_declare(queue=queue)
for number in range(10):
    channel.basic_publish('', queue, str(number))

# Everything that a closing channel held goes back to its place, flagged.
taken = consume(channel, queue, 6)
channel.basic_ack(taken[1][0].delivery_tag)
channel.basic_ack(taken[4][0].delivery_tag)
channel.close()
channel = connection.channel()
channel.basic_qos(prefetch_count=8)
taken = consume(channel, queue, 8)
assert [body.decode() for _, _, body in taken] == list('02356789'), taken
# pika had no prefetch limit before: all ten were delivered, so all eight come back flagged.
assert all(method.redelivered for method, _, _ in taken)

# A nack of several puts them before what was behind them.
channel.basic_nack(taken[3][0].delivery_tag, multiple=True, requeue=True)
channel.basic_ack(taken[7][0].delivery_tag)
again = consume(channel, queue, 4)
assert [body.decode() for _, _, body in again] == list('0235'), again
assert all(method.redelivered for method, _, _ in again)
channel.close()

# What was never delivered is not flagged.
channel = connection.channel()
assert channel.queue_purge(queue).method.message_count == 7
for number in range(5):
    channel.basic_publish('', queue, str(number))
channel.basic_qos(prefetch_count=2)
consume(channel, queue, 2)
channel.close()
channel = connection.channel()
flags = []
for _ in range(5):
    method, _, body = channel.basic_get(queue, auto_ack=True)
    flags.append((body.decode(), method.redelivered))
assert flags == [('0', True), ('1', True), ('2', False), ('3', False), ('4', False)], flags
channel.queue_delete(queue)
connection.close()
