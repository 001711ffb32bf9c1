import pika
connection = pika.BlockingConnection(pika.ConnectionParameters('localhost'))
channel = connection.channel()
channel.queue_declare(queue='hello')
for method, properties, body in channel.consume(queue='hello', auto_ack=True):
    print(body.decode())
    break
channel.queue_delete(queue='hello')
connection.close()
