#pragma once

// Waits on a timer and posts through a strand. Returns the number of handlers that ran: 2.
int count_handlers();
