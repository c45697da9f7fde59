#include "muxctl/signals.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/buffer.hpp>

namespace mux::inline v0::muxctl {

namespace {

constexpr std::array<int, 3> stopping = {SIGINT, SIGTERM, SIGHUP};

// All that a signal handler touches.
std::atomic<int> pipe_end{-1};
std::atomic<int> stops{0};
std::atomic<const std::string*> last_words{nullptr};

bool stops_process(int signal) noexcept {
  for (const int s : stopping)
    if (s == signal) return true;
  return false;
}

// Only what is allowed in a handler: atomics without locks, write and _exit.
void on_signal(int signal) {
  const int saved = errno;
  if (stops_process(signal) && stops.fetch_add(1) > 0) {
    if (const std::string* text = last_words.load())
      static_cast<void>(!::write(STDERR_FILENO, text->data(), text->size()));
    ::_exit(128 + signal);
  }
  const auto number = static_cast<unsigned char>(signal);
  static_cast<void>(!::write(pipe_end.load(), &number, 1));
  errno = saved;
}

void install(int signal, void (*handler)(int)) {
  struct sigaction now {};
  ::sigaction(signal, nullptr, &now);
  if (now.sa_handler == SIG_IGN) return;
  now = {};
  now.sa_handler = handler;
  ::sigemptyset(&now.sa_mask);
  now.sa_flags = handler == SIG_DFL ? 0 : SA_RESTART;
  ::sigaction(signal, &now, nullptr);
}

}  // namespace

signals::signals(const boost::asio::any_io_executor& executor, std::function<void(int)> stop,
                 std::function<void()> status)
    : pipe_(executor), stop_(std::move(stop)), status_(std::move(status)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  pipe_.assign(ends[0]);
  pipe_end = ends[1];
  stops = 0;
  for (const int signal : stopping) install(signal, on_signal);
  install(SIGUSR1, on_signal);
  read();
}

signals::~signals() {
  for (const int signal : stopping) install(signal, SIG_DFL);
  // A late USR1 asks for a status that nobody can give any more; it must not end the process.
  install(SIGUSR1, SIG_IGN);
  last_words = nullptr;
  close();
  ::close(pipe_end.exchange(-1));
}

void signals::set_last_words(std::string text) {
  last_words = nullptr;
  last_words_ = std::move(text);
  last_words = &last_words_;
}

void signals::close() {
  boost::system::error_code ignored;
  pipe_.close(ignored);
}

void signals::read() {
  pipe_.async_read_some(boost::asio::buffer(number_), [this](boost::system::error_code fault, std::size_t) {
    if (fault) return;
    if (number_[0] == SIGUSR1) {
      status_();
    } else {
      stopped_by_ = number_[0];
      stop_(*stopped_by_);
    }
    if (pipe_.is_open()) read();
  });
}

const char* signal_name(int signal) noexcept {
  return signal == SIGINT ? "SIGINT" : signal == SIGHUP ? "SIGHUP" : "SIGTERM";
}

}  // namespace mux::inline v0::muxctl
