#include "client/admission.hpp"

#include "client/lane.hpp"

namespace mux::inline v0::client_detail {

admission::admission(const asio::any_io_executor& executor, const std::shared_ptr<time_source>& time,
                     const limiter_options& options, const std::shared_ptr<limit_file>& file,
                     const std::shared_ptr<observer>& watcher, std::mt19937_64& seeds) {
  for (std::size_t i = 0; i < rate_class_count; ++i)
    lanes_[i] =
        lane::make(static_cast<rate_class>(i), options.classes[i], seeds(), executor, time, file, watcher);
}

void admission::close() {
  for (const auto& l : lanes_) l->close();
}

std::array<class_stats, rate_class_count> admission::stats() const {
  std::array<class_stats, rate_class_count> all;
  for (std::size_t i = 0; i < rate_class_count; ++i) all[i] = lanes_[i]->stats();
  return all;
}

}  // namespace mux::inline v0::client_detail
