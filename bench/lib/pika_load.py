"""A load by the client library pika: pika_load.py PORT MODE QUEUE COUNT. Prints seconds and processor time as JSON."""

import json
import sys
import time

import pika


def main():
    port, mode, queue, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, heartbeat=0))
    channel = connection.channel()
    began, used = time.monotonic(), time.process_time()
    MODES[mode](channel, queue, count)
    print(json.dumps({"seconds": time.monotonic() - began, "cpuSeconds": time.process_time() - used}))
    connection.close()


def declare(channel, queue, _):
    channel.queue_declare(queue)
    channel.queue_declare(f"{queue}-durable", durable=True)


def delete(channel, queue, _):
    channel.queue_delete(queue)
    channel.queue_delete(f"{queue}-durable")


def await_count(channel, queue, count):
    deadline = time.monotonic() + 120
    while channel.queue_declare(queue, passive=True).method.message_count < count:
        if time.monotonic() > deadline:
            sys.exit(f"{queue} never had {count} messages")
        time.sleep(0.005)


def drain(channel, queue, count):
    left = count
    for _ in channel.consume(queue, auto_ack=True, inactivity_timeout=30):
        if _[0] is None:
            sys.exit(f"{left} messages never came")
        left -= 1
        if left == 0:
            break
    channel.cancel()


def confirm(channel, queue, count):
    channel.confirm_delivery()
    body = b"x" * 1024
    properties = pika.BasicProperties(delivery_mode=2)
    for _ in range(count):
        channel.basic_publish("", f"{queue}-durable", body, properties)


MODES = {"declare": declare, "delete": delete, "await": await_count, "drain": drain, "confirm": confirm}

if __name__ == "__main__":
    main()
