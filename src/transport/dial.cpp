#include "transport/dial.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mux::inline v0::transport {
namespace {

using tcp = asio::ip::tcp;
using boost::system::error_code;

/// Attempts at one host. Shared with their handlers, all of which run on the strand of the coroutine.
struct race : std::enable_shared_from_this<race> {
  race(const asio::any_io_executor& strand, asio::any_io_executor where, std::vector<tcp::endpoint> list,
       dial_options with)
      : home(std::move(where)),
        addresses(std::move(list)),
        how(with),
        ended(strand),
        stagger(strand),
        executor(strand) {}

  /// There are addresses that nobody runs to yet.
  [[nodiscard]] bool more() const { return runners.size() < std::min(addresses.size(), how.most); }

  void next() {
    while (more()) {
      const tcp::endpoint& to = addresses[runners.size()];
      const std::size_t index = runners.size();
      tcp::socket& one = *runners.emplace_back(std::make_unique<tcp::socket>(home));
      error_code refused;
      one.open(to.protocol(), refused);
      if (refused) {
        result.failure = refused;
        continue;
      }
      error_code ignored;
      one.set_option(tcp::no_delay(true), ignored);
      ++running;
      one.async_connect(to, asio::bind_executor(executor, [self = shared_from_this(), index](error_code ec) {
                          self->finish(index, ec);
                        }));
      if (!more()) return;
      stagger.expires_after(how.stagger);
      stagger.async_wait([self = shared_from_this()](error_code ec) {
        if (!ec && !self->over) self->next();
      });
      return;
    }
    if (running == 0) stop();
  }

  void finish(std::size_t index, error_code ec) {
    --running;
    if (over) return;
    if (!ec) {
      result.socket.emplace(std::move(*runners[index]));
      return stop();
    }
    result.failure = ec;
    runners[index]->close(ec);
    next();
  }

  void stop() {
    if (std::exchange(over, true)) return;
    error_code ignored;
    for (const auto& one : runners) one->close(ignored);
    stagger.cancel();
    ended.cancel();
    result.tried = runners.size();
  }

  const asio::any_io_executor home;
  const std::vector<tcp::endpoint> addresses;
  const dial_options how;
  std::vector<std::unique_ptr<tcp::socket>> runners;  ///< one for each address that was tried
  std::size_t running = 0;
  dialled result;
  bool over = false;
  asio::steady_timer ended;
  asio::steady_timer stagger;
  const asio::any_io_executor executor;
};

/// Ends the race with the coroutine, wherever that ends.
class referee {
 public:
  explicit referee(std::shared_ptr<race> of) : race_(std::move(of)) {}
  referee(const referee&) = delete;
  referee& operator=(const referee&) = delete;
  ~referee() { race_->stop(); }

 private:
  std::shared_ptr<race> race_;
};

}  // namespace

asio::awaitable<dialled> dial(asio::any_io_executor home, std::vector<tcp::endpoint> addresses,
                              std::optional<clock::time_point> limit, dial_options how) {
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  const auto own = std::make_shared<race>(strand, std::move(home), alternating(addresses), how);
  const referee whistle(own);
  own->next();
  if (!own->over) {
    error_code woken;
    own->ended.expires_at(limit.value_or(clock::time_point::max()));
    co_await own->ended.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!own->over) {
      own->stop();
      own->result.end = woken == asio::error::operation_aborted ? wait_end::cancelled : wait_end::timed_out;
    }
  }
  co_return std::move(own->result);
}

std::vector<tcp::endpoint> alternating(const std::vector<tcp::endpoint>& addresses) {
  std::vector<tcp::endpoint> in_turn;
  const auto leads = [&](const tcp::endpoint& e) { return e.protocol() == addresses.front().protocol(); };
  auto leader = addresses.begin();
  auto other = addresses.begin();
  while (in_turn.size() < addresses.size()) {
    leader = std::find_if(leader, addresses.end(), leads);
    if (leader != addresses.end()) in_turn.push_back(*leader++);
    other = std::find_if_not(other, addresses.end(), leads);
    if (other != addresses.end()) in_turn.push_back(*other++);
  }
  return in_turn;
}

bool out_of_descriptors(const error_code& why) noexcept {
  return why == asio::error::no_descriptors || why == boost::system::errc::too_many_files_open_in_system;
}

bool descriptor_left() noexcept {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe >= 0) ::close(probe);
  return probe >= 0 || (errno != EMFILE && errno != ENFILE);
}

std::string reason_of(const error_code& why) {
  if (why == asio::error::no_descriptors) return "this process has no file descriptor left (EMFILE)";
  if (out_of_descriptors(why)) return "the system has no file descriptor left (ENFILE)";
  if (why == boost::system::errc::address_not_available)
    return "no local port or address is free for it (EADDRNOTAVAIL)";
  return why.message();
}

}  // namespace mux::inline v0::transport
