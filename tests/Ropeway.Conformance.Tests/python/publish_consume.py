from scenario import connect, consume, fresh

queue = fresh('plain')
connection = connect()
channel = connection.channel()
assert channel.queue_declare(queue=queue).method.queue == queue
for number in range(100):
    channel.basic_publish(exchange='', routing_key=queue, body=f'message {number}')
connection.close()

connection = connect()
channel = connection.channel()
declared = channel.queue_declare(queue=queue, passive=True).method
assert declared.message_count == 100 and declared.consumer_count == 0, declared
taken = consume(channel, queue, 100)
assert [body.decode() for _, _, body in taken] == [f'message {number}' for number in range(100)]
assert [method.delivery_tag for method, _, _ in taken] == list(range(1, 101))
assert not any(method.redelivered for method, _, _ in taken)
assert all(method.exchange == '' and method.routing_key == queue for method, _, _ in taken)
channel.basic_ack(100, multiple=True)
channel.cancel()
assert channel.queue_delete(queue).method.message_count == 0
connection.close()
