//! A barrier in front of one host of the network: while it is closed, connections are refused.

use crate::network::Network;
use std::net::SocketAddr;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

/// A port that forwards to a host's address while it is open. Dropping it closes it.
pub struct Barrier {
    at: SocketAddr,
    target: SocketAddr,
    open: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Network {
    /// Puts an open barrier in front of a host.
    pub async fn barrier(&self, host: &str) -> Barrier {
        let target = self.0.hosts.get(host).expect("a host of this network");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut barrier = Barrier {
            at: listener.local_addr().unwrap(),
            target,
            open: None,
        };
        self.0.hosts.insert(host, barrier.at);
        barrier.forward(listener);
        barrier
    }
}

impl Barrier {
    /// Refuses new connections and cuts the open ones.
    pub async fn close(&mut self) {
        if let Some((close, passing)) = self.open.take() {
            drop(close);
            passing.await.unwrap();
        }
    }

    /// Accepts connections again.
    pub async fn open(&mut self) {
        let listener = TcpListener::bind(self.at).await.unwrap();
        self.forward(listener);
    }

    fn forward(&mut self, listener: TcpListener) {
        let (close, is_closed) = oneshot::channel();
        let passing = tokio::spawn(forward_connections(listener, self.target, is_closed));
        self.open = Some((close, passing));
    }
}

/// Forwards connections in both directions until the barrier is closed.
async fn forward_connections(
    listener: TcpListener,
    target: SocketAddr,
    mut is_closed: oneshot::Receiver<()>,
) {
    let mut through = JoinSet::new();
    loop {
        let came = tokio::select! {
            _ = &mut is_closed => break,
            came = listener.accept() => came,
        };
        let (mut from, _) = came.unwrap();
        through.spawn(async move {
            if let Ok(mut to) = TcpStream::connect(target).await {
                // Either end may close when it likes.
                let _ = copy_bidirectional(&mut from, &mut to).await;
            }
        });
    }
    drop(listener);
    through.shutdown().await;
}
