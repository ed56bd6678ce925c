"""The SQS backend. moto finds the paths of a backend from the name of this module.

moto calls a mapped function from within SendMessage. Here the mapping is only told that there is something; whatever
becomes of it, the sender has his answer.
"""

from __future__ import annotations

from typing import Any

from moto.sqs.models import Message, SQSBackend

from moto_lmi.background import backend_of


class LMISQSBackend(SQSBackend):
    """moto's SQS backend, whose queues wake the event source mappings that read them."""

    _is_sending_batch = False

    def send_message(self, queue_name: str, *arguments: Any, **options: Any) -> Message:
        """SendMessage, from whichever side."""
        message = super().send_message(queue_name, *arguments, **options)
        if not self._is_sending_batch:
            self._wake(queue_name)
        return message

    def send_message_batch(
        self, queue_name: str, entries: dict[str, dict[str, Any]]
    ) -> tuple[list[Message], list[dict[str, Any]]]:
        """SendMessageBatch: what comes together is seen together."""
        self._is_sending_batch = True
        try:
            answer: tuple[list[Message], list[dict[str, Any]]] = super().send_message_batch(queue_name, entries)
        finally:
            self._is_sending_batch = False
        self._wake(queue_name)
        return answer

    def receive_message(self, queue_name: str, *arguments: Any, **options: Any) -> list[Message]:
        """ReceiveMessage, which may move messages to the dead-letter queue."""
        dead_letters = self.get_queue(queue_name).dead_letter_queue
        before = len(dead_letters._messages) if dead_letters is not None else 0
        messages: list[Message] = super().receive_message(queue_name, *arguments, **options)
        if dead_letters is not None and len(dead_letters._messages) > before:
            self._wake(dead_letters.name)
        return messages

    def change_message_visibility(self, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
        """ChangeMessageVisibility: a message that is shown again can be taken again."""
        super().change_message_visibility(queue_name, receipt_handle, visibility_timeout)
        if not int(visibility_timeout):
            self._wake(queue_name)

    def _wake(self, queue_name: str) -> None:
        sources = getattr(backend_of(self.account_id, self.region_name), "event_sources", None)
        if sources is not None:
            sources.wake(self.get_queue(queue_name).queue_arn)
