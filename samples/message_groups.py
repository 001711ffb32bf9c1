"""Message groups: two workers share the orders, and those of one customer are worked off one after the other."""
import sys

import pika

url = sys.argv[1] if len(sys.argv) > 1 else 'amqp://guest:guest@localhost:5672/'
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare('orders-by-customer', durable=True, arguments={'x-message-groups': True})
for customer, step in (('ann', 'order'), ('bob', 'order'), ('ann', 'change'), ('ann', 'pay'), ('bob', 'cancel')):
    properties = pika.BasicProperties(delivery_mode=2, headers={'x-group-id': customer})
    channel.basic_publish('', 'orders-by-customer', f'{customer}: {step}'.encode(), properties)


class Worker:
    def __init__(self, name):
        self.name, self.held = name, []
        self.channel = connection.channel()
        self.channel.basic_qos(prefetch_count=1)
        self.channel.basic_consume('orders-by-customer', self.take)

    def take(self, channel, method, properties, body):
        print(f'{self.name} works on {body.decode()}')
        self.held.append(method.delivery_tag)

    def finish(self):
        self.channel.basic_ack(self.held.pop())


first = Worker('first worker')
while not first.held:
    connection.process_data_events(1)
second = Worker('second worker')  # Ann's other messages are not for it as long as her first is held.
while not second.held:
    connection.process_data_events(1)
second.finish()
while not second.held:
    connection.process_data_events(1)
second.finish()
first.finish()
done = 3
while done < 5:
    connection.process_data_events(1)
    for worker in (first, second):
        if worker.held:
            worker.finish()
            done += 1
connection.close()
