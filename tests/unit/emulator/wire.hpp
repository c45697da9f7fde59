#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mux::inline v0::emulator::test {

/// An answer as it came: status line and fields as text, the body by its content-length or up to the end.
struct wire_answer {
  int status = 0;
  std::string head;
  std::string body;
  bool complete = false;  ///< as many bytes as content-length says

  /// The value of a field, whose name is written in lower case; empty if absent.
  [[nodiscard]] std::string field(std::string_view name) const;
};

/// A blocking connection that speaks raw bytes, written with nothing of the client under test. Reading gives
/// up after ten seconds.
class wire {
 public:
  /// `ca_file` empty: no TLS. Verifies the certificate for 127.0.0.1. Throws `std::runtime_error`.
  wire(std::uint16_t port, const std::string& ca_file);
  ~wire();
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

  void send(std::string_view bytes);
  /// Nothing if the connection ended before a byte of an answer came.
  std::optional<wire_answer> receive();
  std::optional<wire_answer> exchange(std::string_view bytes) { return send(bytes), receive(); }
  /// True if the other side closed the connection, false if it is silent or sent something.
  bool ended();
  [[nodiscard]] std::string tls_version() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace mux::inline v0::emulator::test
