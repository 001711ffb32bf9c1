from scenario import connect, expect_channel_close, fresh

connection = connect()
channel = connection.channel()
queue = fresh('conditions')
channel.confirm_delivery()
channel.queue_declare(queue=queue)
tag = channel.basic_consume(queue, lambda *delivery: None)


def refused(**condition):
    attempt = connection.channel()
    text = expect_channel_close(attempt, 406, lambda: attempt.queue_delete(queue, **condition))
    return text


assert refused(if_unused=True) == f"PRECONDITION_FAILED - queue '{queue}' in vhost '/' in use"
channel.basic_cancel(tag)
channel.basic_publish('', queue, 'x')
assert refused(if_empty=True) == f"PRECONDITION_FAILED - queue '{queue}' in vhost '/' not empty"
assert channel.queue_purge(queue).method.message_count == 1
assert channel.queue_purge(queue).method.message_count == 0
assert channel.queue_delete(queue, if_unused=True, if_empty=True).method.message_count == 0

# A delete counts what it took along, and tells the consumers.
channel.queue_declare(queue=queue)
for _ in range(3):
    channel.basic_publish('', queue, 'x')
assert connection.channel().queue_delete(queue).method.message_count == 3
channel.queue_declare(queue=queue)
cancelled = []
channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
tag = channel.basic_consume(queue, lambda *delivery: None)
connection.channel().queue_delete(queue)
while not cancelled:
    connection.process_data_events(time_limit=1)
assert cancelled == [tag]

# Purge leaves what is out.
channel.queue_declare(queue=queue)
for _ in range(4):
    channel.basic_publish('', queue, 'x')
held, _, _ = channel.basic_get(queue)
assert channel.queue_purge(queue).method.message_count == 3
channel.basic_nack(held.delivery_tag, requeue=True)
method, _, _ = channel.basic_get(queue, auto_ack=True)
assert method.redelivered and method.message_count == 0
channel.queue_delete(queue)

exchange = fresh('conditions')
channel.exchange_declare(exchange, 'fanout')
inner = channel.queue_declare(queue='', exclusive=True).method.queue
channel.queue_bind(inner, exchange)
attempt = connection.channel()
expect_channel_close(attempt, 406, lambda: attempt.exchange_delete(exchange, if_unused=True))
channel.queue_unbind(inner, exchange)
channel.exchange_delete(exchange, if_unused=True)

# An auto-delete exchange goes with its last binding.
channel.exchange_declare(exchange, 'fanout', auto_delete=True)
channel.queue_bind(inner, exchange)
channel.queue_unbind(inner, exchange)
attempt = connection.channel()
expect_channel_close(attempt, 404, lambda: attempt.exchange_declare(exchange, passive=True))
connection.close()
