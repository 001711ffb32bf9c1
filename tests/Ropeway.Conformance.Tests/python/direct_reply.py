"""Request and reply without a reply queue (amq.rabbitmq.reply-to), over two connections."""
import pika

from scenario import DEADLINE, connect, expect_channel_close, fresh

requests = fresh('requests')
client, server = connect(), connect()
asking, answering = client.channel(), server.channel()
answering.queue_declare(requests, exclusive=False, auto_delete=True)

replies = []
asking.basic_consume('amq.rabbitmq.reply-to', lambda _, method, properties, body: replies.append((method, properties, body)), auto_ack=True)
for number in range(3):
    asking.basic_publish('', requests, b'question %d' % number, pika.BasicProperties(reply_to='amq.rabbitmq.reply-to', correlation_id=str(number)))
client.process_data_events(0)

for method, properties, body in answering.consume(requests, inactivity_timeout=DEADLINE, auto_ack=True):
    assert properties.reply_to.startswith('amq.rabbitmq.reply-to.'), properties
    assert answering.queue_declare(properties.reply_to, passive=True).method.consumer_count == 1
    answering.basic_publish('', properties.reply_to, body.replace(b'question', b'answer'), pika.BasicProperties(correlation_id=properties.correlation_id))
    address = properties.reply_to
    if properties.correlation_id == '2':
        break
while len(replies) < 3:
    client.process_data_events(1)
assert [(properties.correlation_id, body) for _, properties, body in replies] == [(str(n), b'answer %d' % n) for n in range(3)]
assert all(method.routing_key == address and method.exchange == '' for method, _, _ in replies)

client.close()
checking = server.channel()
expect_channel_close(checking, 404, lambda: checking.queue_declare(address, passive=True))
refused = server.channel()
assert 'reply consumer cannot acknowledge' in expect_channel_close(refused, 406, lambda: refused.basic_consume('amq.rabbitmq.reply-to', print))
server.close()
