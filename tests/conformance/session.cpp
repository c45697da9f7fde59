#include "conformance/session.hpp"

#include <boost/asio/co_spawn.hpp>

namespace mux::conformance {

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

}  // namespace

std::string text_of(const std::string& raw) {
  return R"({"hex":")" + hex(raw) + R"("})";
}

std::string text_of(const nothing&) {
  return "null";
}

session::session(client_options options) : client_(io_.get_executor(), std::move(options)) {}

void session::run(asio::awaitable<void> work) {
  asio::co_spawn(io_, std::move(work), [this](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const request_failed& e) {
      outcome_.error = e.info().message();
    }
    // Idle connections of the pool would keep the context running.
    io_.stop();
  });
  io_.run();
}

}  // namespace mux::conformance
