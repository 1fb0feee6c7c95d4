"""How the Bot API refuses a call."""

from __future__ import annotations

from http import HTTPStatus


class ApiError(Exception):
    """A refusal: HTTP status, `description`, and for 429 the seconds after which to try again.

    https://core.telegram.org/bots/api#making-requests
    """

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after

    def to_json(self) -> dict[str, object]:
        """The response object that carries this refusal."""
        answer: dict[str, object] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


def bad_request(rule: str) -> ApiError:
    """400, the commonest refusal."""
    return ApiError(HTTPStatus.BAD_REQUEST, f"Bad Request: {rule}")


def forbidden(rule: str) -> ApiError:
    """403: the bot may not speak there."""
    return ApiError(HTTPStatus.FORBIDDEN, f"Forbidden: {rule}")


def conflict(rule: str) -> ApiError:
    """409: updates are being fetched in another way already."""
    return ApiError(HTTPStatus.CONFLICT, f"Conflict: {rule}")


def too_many_requests(seconds: int) -> ApiError:
    """429, with the seconds to wait."""
    return ApiError(HTTPStatus.TOO_MANY_REQUESTS, f"Too Many Requests: retry after {seconds}", seconds)
