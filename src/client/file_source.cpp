#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/system_executor.hpp>

#include <mux/upload.hpp>

#include "client/parking.hpp"
#include "client/suspension.hpp"

namespace mux::inline v0 {

namespace asio = boost::asio;

namespace {

using time = std::chrono::sys_time<std::chrono::nanoseconds>;

time modified_at(const struct stat& facts) {
  return time(std::chrono::seconds(facts.st_mtim.tv_sec) + std::chrono::nanoseconds(facts.st_mtim.tv_nsec));
}

error unreadable(const std::filesystem::path& file, std::string_view why) {
  return {errc::source_unreadable, file.string() + ": " + std::string(why)};
}

error unreadable(const std::filesystem::path& file, int why) {
  return unreadable(file, std::generic_category().message(why));
}

}  // namespace

struct file_source::open_file {
  open_file(std::filesystem::path path, int handle, asio::any_io_executor executor)
      : name(std::move(path)), descriptor(handle), reads_on(std::move(executor)) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() { ::close(descriptor); }

  [[nodiscard]] result<std::size_t> read(std::uint64_t offset, std::span<char> into) const;

  const std::filesystem::path name;
  const int descriptor;
  const asio::any_io_executor reads_on;
  std::uint64_t size = 0;
  time modified;
};

result<std::size_t> file_source::open_file::read(std::uint64_t offset, std::span<char> into) const {
  std::size_t got = 0;
  while (got < into.size()) {
    const ssize_t n =
        ::pread(descriptor, into.data() + got, into.size() - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unreadable(name, errno);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  struct stat now {};
  if (::fstat(descriptor, &now) != 0) return unreadable(name, errno);
  if (static_cast<std::uint64_t>(now.st_size) != size || modified_at(now) != modified)
    return error(errc::source_changed, name.string() + ": the file changed while it was sent");
  return got;
}

namespace {

/// A read that another thread does. Whoever asked for it may be gone before it begins, but not while it runs:
/// it fills memory of theirs, and wakes them.
class errand final : public client_detail::keeper, public std::enable_shared_from_this<errand> {
 public:
  /// On the other thread.
  template <class Work>
  void run(Work work) {
    state expected = state::waiting;
    if (!state_.compare_exchange_strong(expected, state::running)) return;
    outcome_.emplace(work());
    sleep_.release();
    state_ = state::done;
    state_.notify_all();
  }
  /// To be named and then awaited: over when the work is done, or after a cancellation.
  auto wait() { return sleep_.wait(*this); }
  /// Waits if it runs. Then there is an outcome, or there will never be one.
  void give_up() noexcept {
    state expected = state::waiting;
    if (!state_.compare_exchange_strong(expected, state::given_up)) state_.wait(state::running);
  }
  [[nodiscard]] const std::optional<result<std::size_t>>& outcome() const noexcept { return outcome_; }

  std::vector<std::shared_ptr<void>> take_sleepers(asio::execution_context& context) override {
    give_up();
    std::vector<std::shared_ptr<void>> handlers;
    if (sleep_.asleep_on(context)) handlers.push_back(sleep_.take_away());
    return handlers;
  }

 private:
  friend class client_detail::suspension;
  void on_sleep(asio::execution_context& context) {
    asio::use_service<client_detail::parking>(context).add(shared_from_this());
  }
  void on_cancel() { sleep_.release(); }

  enum class state : std::uint8_t { waiting, running, done, given_up };

  std::atomic<state> state_{state::waiting};
  std::optional<result<std::size_t>> outcome_;
  client_detail::suspension sleep_;
};

/// Ends with the coroutine that asked.
struct errand_guard {
  explicit errand_guard(std::shared_ptr<errand> of) : one(std::move(of)) {}
  errand_guard(const errand_guard&) = delete;
  errand_guard& operator=(const errand_guard&) = delete;
  ~errand_guard() { one->give_up(); }
  const std::shared_ptr<errand> one;
};

}  // namespace

file_source::file_source(std::shared_ptr<const open_file> file) : file_(std::move(file)) {}

result<file_source> file_source::open(const std::filesystem::path& file) {
  return open(file, asio::system_executor());
}

result<file_source> file_source::open(const std::filesystem::path& file, asio::any_io_executor reads_on) {
  // Without O_NONBLOCK the opening of a FIFO would wait for a writer.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return unreadable(file, errno);
  const auto opened = std::make_shared<open_file>(file, descriptor, std::move(reads_on));
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) return unreadable(file, errno);
  if (S_ISDIR(facts.st_mode)) return unreadable(file, EISDIR);
  if (!S_ISREG(facts.st_mode)) return unreadable(file, "not a regular file");
  opened->size = static_cast<std::uint64_t>(facts.st_size);
  opened->modified = modified_at(facts);
  return file_source(opened);
}

std::uint64_t file_source::size() const {
  return file_->size;
}

std::chrono::sys_time<std::chrono::nanoseconds> file_source::modified() const {
  return file_->modified;
}

asio::awaitable<result<std::size_t>> file_source::read(std::uint64_t offset, std::span<char> into) {
  const errand_guard read(std::make_shared<errand>());
  asio::post(file_->reads_on, [errand = read.one, file = file_, offset, into] {
    errand->run([&] { return file->read(offset, into); });
  });
  auto asleep = read.one->wait();
  co_await std::move(asleep);
  read.one->give_up();
  if (!read.one->outcome()) co_return error(errc::cancelled, "cancelled by the caller");
  co_return *read.one->outcome();
}

}  // namespace mux::inline v0
