from scenario import connect, consume, fresh

queue = fresh('cancel')
connection = connect()
channel = connection.channel()
channel.confirm_delivery()
channel.queue_declare(queue=queue)
received = []
tag = channel.basic_consume(queue, lambda c, m, p, b: received.append((m.delivery_tag, b)), consumer_tag='mine')
assert tag == 'mine'
channel.basic_publish('', queue, 'first')
while not received:
    connection.process_data_events(time_limit=1)
channel.basic_cancel(tag)

# After the cancel nothing more comes, what is out can still be answered, and the tag is free again.
channel.basic_publish('', queue, 'second')
assert channel.queue_declare(queue=queue, passive=True).method.message_count == 1
assert channel.queue_declare(queue=queue, passive=True).method.consumer_count == 0
assert len(received) == 1
channel.basic_ack(received[0][0])
again = channel.basic_consume(queue, lambda c, m, p, b: received.append((m.delivery_tag, b)), consumer_tag='mine')
while len(received) < 2:
    connection.process_data_events(time_limit=1)
assert received[1] == (2, b'second') and again == 'mine'
channel.basic_nack(2, requeue=False)
assert channel.queue_delete(queue).method.message_count == 0

# Tags made by the broker are unique.
channel.queue_declare(queue=queue)
tags = set()
for _ in range(5):
    other = connection.channel()
    tags.add(other._impl.basic_consume(queue, print, consumer_tag=''))
assert len(tags) == 5
connection.close()
