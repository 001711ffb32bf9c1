import pika
from scenario import connect

for credentials in (pika.PlainCredentials('guest', 'wrong'), pika.PlainCredentials('nobody', 'guest')):
    try:
        connect(credentials=credentials)
        raise AssertionError('logged in')
    except (pika.exceptions.ProbableAuthenticationError, pika.exceptions.ConnectionClosedByBroker) as refused:
        assert '403' in str(refused), refused
try:
    connect(virtual_host='/absent')
    raise AssertionError('opened')
except (pika.exceptions.ProbableAccessDeniedError, pika.exceptions.ConnectionClosedByBroker) as refused:
    assert '530' in str(refused) or '403' in str(refused), refused
connect().close()
